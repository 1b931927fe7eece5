#ifndef HEAP_H
#define HEAP_H

/// Has all threads share one heap, where the C library would set 64 MB of the address space apart for each.
void heap_share(void);

/// Has blocks of a megabyte and more go back to the system when they are freed. The C library would take the first of them for a sign that
/// many will follow, and each thread's heap would keep megabytes of pieces from then on.
void heap_return(void);

/// Gives the system back what is free in all heaps, also between blocks that are in use. It takes milliseconds.
void heap_trim(void);

#endif
