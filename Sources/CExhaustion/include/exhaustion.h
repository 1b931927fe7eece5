#ifndef EXHAUSTION_H
#define EXHAUSTION_H

/// Has the process say so when it ends because its memory does, where it would otherwise end by a signal without a word.
///
/// `begin` and `end` are written to `descriptor` with the time between them, in milliseconds since 1970. The texts are copied.
void exhaustion_explain(int descriptor, const char *begin, const char *end);

/// Ends the process, since there is no memory for something.
_Noreturn void exhaustion_end(void);

#endif
