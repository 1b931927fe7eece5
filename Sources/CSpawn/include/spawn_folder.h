#ifndef SPAWN_FOLDER_H
#define SPAWN_FOLDER_H

#include <spawn.h>

/// Makes a process that is going to be started work in a folder. Returns 0, or the number of an error. The header of the C library
/// shows the function for it only to who asks for extensions, which Swift does not.
int spawn_folder_add(posix_spawn_file_actions_t *actions, const char *folder);

/// Makes a pipe whose ends no other process gets, not even one that is started at this moment, where the system can do so. Returns 0,
/// or -1 with `errno`.
int spawn_pipe(int ends[2]);

#endif
