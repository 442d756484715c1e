// SPDX-License-Identifier: GPL-3.0-or-later
// cc methods.c $(pkg-config --cflags --libs utfall) -o methods
#include <stdio.h>
#include <utfall/utfall.h>

int main(void)
{
    size_t count;
    const struct uf_method *const *methods = uf_methods(&count);
    for (size_t i = 0; i < count; i++) printf("%-20s %s\n", methods[i]->name, methods[i]->summary.en);
    return count > 0 ? 0 : 1;
}
