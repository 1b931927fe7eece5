#define _GNU_SOURCE
#include "exhaustion.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// A process with less memory left than this ended because it had too little.
#define SPARE ((size_t)64 << 20)

static char begin_text[1024], end_text[256];
static int descriptor = -1;

static void put(const char *text, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, text, count);
    if (written <= 0) return;
    text += written;
    count -= (size_t)written;
  }
}

// Only calls that are safe in a handler of signals.
static void explain(void) {
  char digits[24];
  size_t place = sizeof digits;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  long long time = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
  do digits[--place] = (char)('0' + time % 10);
  while ((time /= 10) > 0);
  put(begin_text, strlen(begin_text));
  put(digits + place, sizeof digits - place);
  put(end_text, strlen(end_text));
}

static void on_signal(int number) {
  void *probe = mmap(NULL, SPARE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (probe == MAP_FAILED) {
    explain();
    _exit(1);
  }
  munmap(probe, SPARE);
  // It is something else: what raised the signal does so again when this returns, and then it counts.
  signal(number, SIG_DFL);
  if (number == SIGABRT) raise(number);
}

void exhaustion_explain(int where, const char *begin, const char *end) {
  strncpy(begin_text, begin, sizeof begin_text - 1);
  strncpy(end_text, end, sizeof end_text - 1);
  descriptor = where;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}

void exhaustion_end(void) {
  if (descriptor < 0) abort();
  explain();
  _exit(1);
}
