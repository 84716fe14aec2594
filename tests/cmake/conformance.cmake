# SPDX-License-Identifier: Apache-2.0
# Each provision of the regulations has a line that names its tests.
script_test(conformance ${CMAKE_CURRENT_SOURCE_DIR}/snapshot/conformance.py
  LABEL snapshot)
