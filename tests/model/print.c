/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model_print MODEL [otherwise | MUTANT]: the model in Promela on standard
 * output.  Without arguments: the names of models and mutants.
 */
#include "models.h"

#include <stdlib.h>
#include <string.h>

static int
names(void)
{
	const struct mutant *u;

	for (size_t i = 0; models_name(i) != NULL; i++)
		printf("model\t%s\n", models_name(i));
	for (size_t i = 0; (u = mutant_at(i)) != NULL; i++)
		printf("mutant\t%s\t%zu\n", u->model, i);
	return 0;
}

int
main(int argc, char **argv)
{
	struct model m;

	if (argc < 2)
		return names();
	models_make(argv[1], &m);
	if (argc > 2 && strcmp(argv[2], "otherwise") == 0)
		m.otherwise = true;
	else if (argc > 2 &&
	    !mutant_apply(&m, mutant_at((size_t)strtoul(argv[2], NULL, 10))))
		return 1;
	model_promela(&m, stdout);
	model_done(&m);
	return 0;
}
