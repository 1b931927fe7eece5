#ifndef REVISION_H
#define REVISION_H

/// The commit that the program was built from, as its build says; an empty text if it says nothing.
const char *revision_of_program(void);

#endif
