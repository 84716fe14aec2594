script_test(chain ${CMAKE_CURRENT_SOURCE_DIR}/flow/chain.py)
script_test(decisions ${CMAKE_CURRENT_SOURCE_DIR}/flow/decisions.py)
script_test(intake ${CMAKE_CURRENT_SOURCE_DIR}/flow/intake.py)
script_test(clock ${CMAKE_CURRENT_SOURCE_DIR}/flow/clock.py)
script_test(art8 ${CMAKE_CURRENT_SOURCE_DIR}/flow/art8.py)
script_test(api ${CMAKE_CURRENT_SOURCE_DIR}/flow/api.py)
script_test(processes ${CMAKE_CURRENT_SOURCE_DIR}/flow/processes.py SERIAL)
# A start under sanitizers takes long: fewer deaths say as much about memory.
set(deaths 100)
if(NINTEI_SANITIZE)
  set(deaths 24)
endif()
script_test(core ${CMAKE_CURRENT_SOURCE_DIR}/crash/core.py SERIAL LABEL crash
  TIMEOUT 900 ARGS ${deaths})
