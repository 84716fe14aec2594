# http, route, web: stand-in servers driven by stock clients.
add_executable(http_echo ${CMAKE_CURRENT_SOURCE_DIR}/support/http_echo.c)
target_link_libraries(http_echo PRIVATE nintei_http nintei_flags)
add_executable(web_stub ${CMAKE_CURRENT_SOURCE_DIR}/support/web_stub.c)
target_link_libraries(web_stub PRIVATE nintei_web nintei_flags)
set_target_properties(http_echo web_stub PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
