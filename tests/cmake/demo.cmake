# What a newcomer types, as it is.
script_test(tokens ${CMAKE_CURRENT_SOURCE_DIR}/flow/tokens.py)
script_test(demo ${PROJECT_SOURCE_DIR}/scripts/demo SERIAL TIMEOUT 300)
