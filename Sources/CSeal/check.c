#include "cseal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/// Packaging writes the size into a copy of the program, so the compiler must not rely on what is here.
struct mark {
  char name[CSEAL_MARK_SIZE];
  uint64_t size;
};

__attribute__((section(CSEAL_SECTION), used, aligned(8))) static const volatile struct mark mark = {CSEAL_MARK, 0};

/// Reads as much as there is, up to `count`; less than nothing where that fails.
static ssize_t filled(int file, uint8_t *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    ssize_t got = read(file, bytes + done, count - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return got;
    if (got == 0) break;
    done += (size_t)got;
  }
  return (ssize_t)done;
}

/// Whether the file's last eight bytes are the checksum of all before them.
static int is_whole(int file, uint64_t size) {
  static uint8_t piece[1 << 17];
  cseal_sum sum;
  cseal_sum_begin(&sum);
  for (uint64_t rest = size - 8; rest > 0;) {
    size_t wanted = rest < sizeof piece ? (size_t)rest : sizeof piece;
    if (filled(file, piece, wanted) != (ssize_t)wanted) return 0;
    cseal_sum_add(&sum, piece, wanted);
    rest -= wanted;
  }
  uint64_t value;
  if (filled(file, (uint8_t *)&value, 8) != 8) return 0;
  return value == cseal_sum_value(&sum);
}

static void put(int file, const char *text) {
  if (write(file, text, strlen(text)) < 0) return;
}

/// Whether the program was called for messages of the protocol, in which it says then what is wrong.
static int speaks_protocol(int count, char **arguments) {
  static const char *const commands[] = {"spec", "check", "discover", "read"};
  for (int index = 1; index < count; index++)
    for (int command = 0; command < 4; command++)
      if (strcmp(arguments[index], commands[command]) == 0) return 1;
  return 0;
}

static _Noreturn void refuse(int count, char **arguments, const char *sentence) {
  char text[1024];
  if (speaks_protocol(count, arguments)) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(
        text, sizeof text,
        "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":%lld,\"error\":{\"message\":\"%s\","
        "\"internal_message\":\"%s\",\"failure_type\":\"system_error\"}}}\n",
        (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, sentence, sentence);
    put(STDOUT_FILENO, text);
  } else {
    snprintf(text, sizeof text, "error: %s\n", sentence);
    put(STDERR_FILENO, text);
  }
  _exit(EXIT_FAILURE);
}

/// Before other constructors and `main`: damage there could do anything.
__attribute__((constructor(101))) static void check(int count, char **arguments) {
  uint64_t size = mark.size;
  if (size == 0) return;
  char sentence[300];
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) {
    snprintf(
        sentence, sizeof sentence, "This executable carries a package that it cannot read (/proc/self/exe: %s)", strerror(errno));
    refuse(count, arguments, sentence);
  }
  uint64_t actual = (uint64_t)status.st_size;
  if (actual != size) {
    snprintf(
        sentence, sizeof sentence, "This executable is damaged: it has %llu bytes instead of %llu; copy or package it again",
        (unsigned long long)actual, (unsigned long long)size);
    refuse(count, arguments, sentence);
  }
  if (size < 8 || !is_whole(file, size)) {
    refuse(
        count, arguments,
        "This executable is damaged: its checksum is not the one that was written with it; copy or package it again");
  }
  close(file);
}
