unit_test(lang SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_lang.c
  USES base text lang)
unit_test(label SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_label.c
  USES base jsonx tag scheme label)
unit_test(paper SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_paper.c
  USES base jsonx lang label registry document)
