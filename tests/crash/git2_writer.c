/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git2_writer REPOSITORY N: N commits by libgit2 as it comes, which syncs
 * nothing; says each on stdout.  The crash tests must find it wanting.
 */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TRY(call)                                             \
	do {                                                  \
		if ((call) < 0) {                             \
			fprintf(stderr, "%s: %s\n", #call,    \
			    git_error_last() == NULL          \
				? ""                          \
				: git_error_last()->message); \
			return 1;                             \
		}                                             \
	} while (0)

/* One file more, on top of the last commit. */
static int
commit_one(git_repository *repo, unsigned n, git_oid *parent)
{
	git_commit *before = NULL;
	git_tree *old = NULL, *tree = NULL;
	git_treebuilder *builder = NULL;
	git_signature *who = NULL;
	const git_commit *parents[1];
	git_oid blob, id;
	char text[4096];

	snprintf(text, sizeof(text), "event %u", n);
	TRY(git_blob_create_from_buffer(&blob, repo, text, sizeof(text)));
	if (n > 0) {
		TRY(git_commit_lookup(&before, repo, parent));
		TRY(git_commit_tree(&old, before));
	}
	TRY(git_treebuilder_new(&builder, repo, old));
	TRY(git_treebuilder_insert(
	    NULL, builder, text, &blob, GIT_FILEMODE_BLOB));
	TRY(git_treebuilder_write(&id, builder));
	TRY(git_tree_lookup(&tree, repo, &id));
	TRY(git_signature_new(&who, "a", "a@b", 1784073600, 0));
	parents[0] = before;
	TRY(git_commit_create(&id, repo, "refs/heads/main", who, who, NULL,
	    text, tree, n > 0 ? 1 : 0, n > 0 ? parents : NULL));
	*parent = id;
	git_signature_free(who);
	git_treebuilder_free(builder);
	git_tree_free(tree);
	git_tree_free(old);
	git_commit_free(before);
	return 0;
}

int
main(int argc, char **argv)
{
	git_repository *repo = NULL;
	git_oid id;
	char line[GIT_OID_HEXSZ + 2];

	if (argc != 3)
		return 2;
	git_libgit2_init();
	TRY(git_repository_open_bare(&repo, argv[1]));
	for (unsigned n = 0; n < strtoul(argv[2], NULL, 10); n++) {
		if (commit_one(repo, n, &id) != 0)
			return 1;
		git_oid_tostr(line, sizeof(line), &id);
		line[GIT_OID_HEXSZ] = '\n';
		if (write(STDOUT_FILENO, line, GIT_OID_HEXSZ + 1) < 0)
			return 1;
	}
	git_repository_free(repo);
	git_libgit2_shutdown();
	return 0;
}
