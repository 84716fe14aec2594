# The composed machines, explored here and by spin.
set(model_sources ${CMAKE_CURRENT_SOURCE_DIR}/model/explore.c
  ${CMAKE_CURRENT_SOURCE_DIR}/model/invariants.c
  ${CMAKE_CURRENT_SOURCE_DIR}/model/mutants.c
  ${CMAKE_CURRENT_SOURCE_DIR}/model/promela.c
  ${CMAKE_CURRENT_SOURCE_DIR}/model/step.c)
unit_test(model SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/model/test_model.c
  ${model_sources} USES base workflow)
if(NINTEI_TESTS)
  add_executable(model_print ${CMAKE_CURRENT_SOURCE_DIR}/model/print.c
    ${model_sources})
  target_link_libraries(model_print PRIVATE nintei_workflow nintei_flags)
  target_link_libraries(model_print PRIVATE nintei_base)
endif()
find_program(SPIN spin)
if(SPIN)
  script_test(spin ${CMAKE_CURRENT_SOURCE_DIR}/model/spin.sh LABEL model)
endif()
