#include "ctables.h"

#ifndef __has_embed
#error "This file needs clang 19 or later, which comes with Swift 6.2."
#endif
// C23 has it, and clang in each of its modes.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char zones[] = {
#embed "zones"
};

static const unsigned char ascii[] = {
#embed "ascii"
};

static const unsigned char hosts[] = {
#embed "hosts"
};

const unsigned char *table_of_zones(size_t *count) {
  *count = sizeof zones;
  return zones;
}

const unsigned char *table_of_ascii(size_t *count) {
  *count = sizeof ascii;
  return ascii;
}

const unsigned char *table_of_hosts(size_t *count) {
  *count = sizeof hosts;
  return hosts;
}
