# SPDX-License-Identifier: Apache-2.0
# What the public sees: entries in two times, versions, publications.
unit_test(entry SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_entry.c
  USES base ossl jsonx term secrecy scheme workflow approval ca derive)
script_test(register ${CMAKE_CURRENT_SOURCE_DIR}/flow/register.py)
