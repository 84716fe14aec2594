# What a newcomer types, as it is.
script_test(demo ${PROJECT_SOURCE_DIR}/scripts/demo SERIAL TIMEOUT 300)
