#ifndef CHEAP_H
#define CHEAP_H

/// Has all threads share one heap, where the C library would set 64 MB of the address space apart for each.
void cheap_share(void);

#endif
