/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_LIMITS_H
#define NINTEI_LIMITS_H
/*
 * limits: every bound on what comes from outside (BUNDLES 1.5, WEB 11).
 * Configuration may only lower them.
 * Runs in: every process.
 */
#define KIB(n) ((size_t)(n)*1024)
#define MIB(n) ((size_t)(n)*1024 * 1024)

#define LIMIT_UPLOAD_BYTES MIB(100)
#define LIMIT_ENTRIES 1000 /* of an archive, folders included */
#define LIMIT_TOTAL_BYTES MIB(256) /* all output of an archive */
#define LIMIT_ENTRY_BYTES MIB(64)
#define LIMIT_RATIO_MEMBER 100 /* above 1 MiB */
#define LIMIT_RATIO_STREAM 1000 /* above 4 MiB */
#define LIMIT_RATIO_PART 200 /* of an OOXML part, above 4 MiB */
#define LIMIT_NAME_BYTES 512
#define LIMIT_COMPONENT_BYTES 255
#define LIMIT_NAME_DEPTH 8
#define LIMIT_MANIFEST_BYTES MIB(1)
#define LIMIT_JSON_DEPTH 16
#define LIMIT_FORM_BYTES MIB(1)
#define LIMIT_FIELD_CHARS 4000 /* of a form value, code points after NFC */
#define LIMIT_FINDINGS 2000
#define LIMIT_FRAME_BYTES KIB(64) /* between processes */
#define LIMIT_HEAD_BYTES KIB(16) /* of an HTTP request */
#define LIMIT_SMALL_BYTES KIB(4)
#define LIMIT_TICKET_BYTES KIB(32)
#define LIMIT_COMMAND_BYTES MIB(6) /* JSON of a command with documents */
#define LIMIT_JSON_BYTES KIB(256) /* other JSON bodies */
#define LIMIT_SIGNATURE_BYTES KIB(16) /* SSHSIG armour or assertion */
#define LIMIT_GIT_BYTES MIB(4) /* one request of git, as sent or inflated */
#define LIMIT_EVENT_BYTES MIB(1) /* canonical event */
#define LIMIT_DECISION_BYTES KIB(32) /* canonical decision */
#define LIMIT_CERT_BYTES KIB(16)
#define LIMIT_CRL_BYTES MIB(16)
#define LIMIT_CSR_BYTES KIB(16)
#define LIMIT_CMS_BYTES MIB(1) /* signatures, not documents */
#define LIMIT_SIGNED_BYTES MIB(8) /* CMS with what it signs inside */
#define LIMIT_TRUST_PARTS 16 /* anchors, CRLs or OCSP responses */
#define LIMIT_OCSP_BYTES KIB(64)
#define LIMIT_SPKI_BYTES 1024
#define LIMIT_ID_BYTES 40 /* [0-9a-z][0-9a-z-]{0,39} */

#define LIMIT_WORKER_DATA_BYTES MIB(256)
#define LIMIT_WORKER_CPU_SECONDS 10
#define LIMIT_WORKER_WALL_SECONDS 20
#define LIMIT_EXAMINE_CPU_SECONDS 5
#define LIMIT_EXAMINE_WALL_SECONDS 10
#define LIMIT_DOSSIER_SECONDS 60 /* all papers of a dossier together */
#define LIMIT_LATE_PAPERS 3 /* given up one by one; then the rest at once */

#endif
