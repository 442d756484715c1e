# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` lays down: library, headers, program, datasets, chart templates, and the two files by which other builds find
# the library (pkg-config, CMake).
include(CMakePackageConfigHelpers)
set(UTFALL_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/Utfall")

install(TARGETS utfall EXPORT UtfallTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/utfall DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
if(TARGET utfall_program)
    if(BUILD_SHARED_LIBS) # the program finds the library that was installed with it
        file(RELATIVE_PATH UTFALL_LIB_FROM_BIN "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
        set_target_properties(utfall_program PROPERTIES INSTALL_RPATH "$ORIGIN/${UTFALL_LIB_FROM_BIN}")
    endif()
    install(TARGETS utfall_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY datasets DESTINATION ${CMAKE_INSTALL_DATADIR}/utfall)
install(DIRECTORY plots DESTINATION ${CMAKE_INSTALL_DATADIR}/utfall OPTIONAL)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# pkg-config. Who links a static library must link what it uses; who links a shared one need not.
set(UTFALL_PC_BEHIND "sqlite3 yaml-0.1 jansson libutf8proc libmd xlsxwriter zlib libzip expat shapelib")
set(UTFALL_PC_LIBS_BEHIND "-lcsv -lreadstat -lglpk ${OpenMP_C_FLAGS} -lm")
if(BUILD_SHARED_LIBS)
    set(UTFALL_PC_REQUIRES "Requires: gsl\nRequires.private: ${UTFALL_PC_BEHIND}")
    set(UTFALL_PC_LIBS "Libs: -L\${libdir} -lutfall\nLibs.private: ${UTFALL_PC_LIBS_BEHIND}")
else()
    set(UTFALL_PC_REQUIRES "Requires: gsl ${UTFALL_PC_BEHIND}")
    set(UTFALL_PC_LIBS "Libs: -L\${libdir} -lutfall ${UTFALL_PC_LIBS_BEHIND}")
endif()
file(RELATIVE_PATH UTFALL_PREFIX_FROM_PC "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" UTFALL_PREFIX_FROM_PC "${UTFALL_PREFIX_FROM_PC}")
configure_file(cmake/utfall.pc.in utfall.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/utfall.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# find_package(Utfall) → Utfall::utfall
install(EXPORT UtfallTargets NAMESPACE Utfall:: DESTINATION ${UTFALL_CMAKE_DIR})
configure_package_config_file(cmake/UtfallConfig.cmake.in UtfallConfig.cmake INSTALL_DESTINATION ${UTFALL_CMAKE_DIR})
write_basic_package_version_file(UtfallConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/UtfallConfig.cmake ${CMAKE_BINARY_DIR}/UtfallConfigVersion.cmake cmake/FindLibCSV.cmake cmake/FindReadStat.cmake cmake/FindGLPK.cmake
    DESTINATION ${UTFALL_CMAKE_DIR})
