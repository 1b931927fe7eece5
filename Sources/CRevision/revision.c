#include "revision.h"

// A build that knows better links an object with the text that counts (see the Makefile), so that no source changes with a commit.
__attribute__((weak)) const char revision_text[] = "";

const char *revision_of_program(void) { return revision_text; }
