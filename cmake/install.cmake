# What `cmake --install` lays down beside the programs (program() installs
# those): the schemes that `nintei init` copies into a home, the pages, and
# what production needs besides: a front, a unit, users.  Programs find
# share/nintei from their own place.
include(GNUInstallDirs)
set(share ${CMAKE_INSTALL_DATAROOTDIR}/nintei)
install(DIRECTORY policies DESTINATION ${share})
install(FILES packaging/nginx.conf packaging/ninteid.service
  packaging/sysusers.conf DESTINATION ${share})
install(FILES web/openapi.json DESTINATION ${share})
foreach(section 1 5 8)
  install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section}
    FILES_MATCHING PATTERN "*.${section}")
endforeach()
install(FILES LICENSE README.md SECURITY.md CHANGELOG.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}
  PATTERN "man" EXCLUDE)
