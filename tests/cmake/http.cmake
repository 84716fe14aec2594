# http, route, web: stand-in servers driven by stock clients.
add_executable(http_echo ${CMAKE_CURRENT_SOURCE_DIR}/support/http_echo.c)
target_link_libraries(http_echo PRIVATE nintei_http nintei_flags)
add_executable(web_stub ${CMAKE_CURRENT_SOURCE_DIR}/support/web_stub.c)
target_link_libraries(web_stub PRIVATE nintei_web nintei_flags)
set_target_properties(http_echo web_stub PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
unit_test(route SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_route.c
  USES route)
unit_test(front_msg SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_front_msg.c
  USES route)
unit_test(web SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_web.c USES web
  INCLUDE ${PROJECT_SOURCE_DIR}/src/web)
fuzz_target(front_msg SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_front_msg.c
  USES route)
script_test(http ${CMAKE_CURRENT_SOURCE_DIR}/flow/http.py SERIAL)
script_test(web ${CMAKE_CURRENT_SOURCE_DIR}/flow/web.py SERIAL)
script_test(nginx ${CMAKE_CURRENT_SOURCE_DIR}/flow/nginx.py SERIAL)
