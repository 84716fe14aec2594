script_test(chain ${CMAKE_CURRENT_SOURCE_DIR}/flow/chain.py)
script_test(decisions ${CMAKE_CURRENT_SOURCE_DIR}/flow/decisions.py)
script_test(intake ${CMAKE_CURRENT_SOURCE_DIR}/flow/intake.py)
script_test(clock ${CMAKE_CURRENT_SOURCE_DIR}/flow/clock.py)
script_test(receipt ${CMAKE_CURRENT_SOURCE_DIR}/flow/receipt.py)
script_test(art8 ${CMAKE_CURRENT_SOURCE_DIR}/flow/art8.py)
script_test(renewal ${CMAKE_CURRENT_SOURCE_DIR}/flow/renewal.py)
script_test(attacks ${CMAKE_CURRENT_SOURCE_DIR}/flow/attacks.py)
script_test(variants ${CMAKE_CURRENT_SOURCE_DIR}/flow/variants.py)
script_test(ends ${CMAKE_CURRENT_SOURCE_DIR}/flow/ends.py)
# A body of forty services over six years; bench/run simulate has 2,000.
script_test(simulate ${CMAKE_CURRENT_SOURCE_DIR}/flow/simulate.py
  TIMEOUT 600)
script_test(api ${CMAKE_CURRENT_SOURCE_DIR}/flow/api.py)
script_test(processes ${CMAKE_CURRENT_SOURCE_DIR}/flow/processes.py SERIAL)
# A start under sanitizers takes long: fewer deaths say as much about memory.
set(deaths 100)
if(NINTEI_SANITIZE)
  set(deaths 24)
endif()
script_test(core ${CMAKE_CURRENT_SOURCE_DIR}/crash/core.py SERIAL LABEL crash
  TIMEOUT 900 ARGS ${deaths})
