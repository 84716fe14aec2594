unit_test(secrecy SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_secrecy.c
  USES base jsonx secrecy)
script_test(secrecy_mix ${CMAKE_CURRENT_SOURCE_DIR}/unit/secrecy_mix.sh
  LABEL unit)
script_test(secrecy ${CMAKE_CURRENT_SOURCE_DIR}/flow/secrecy.py)
# The store and the vault as somebody has changed them: by wrapped look-ups.
unit_test(noleak
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_noleak.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/office_fixture.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  USES authority signing office
  LIBS -Wl,--wrap=store_doc_find -Wl,--wrap=account_receipt_get
    -Wl,--wrap=tag_name -Wl,--wrap=vault_commit PkgConfig::CRYPTO)
