// Reads that give an error where a mapping would give SIGBUS.
#pragma once

#include <stdint.h>

namespace tenon {

// Reads exactly length bytes, or says why not.
int32_t read_fully(int file, int64_t offset, int64_t length, void* out);

}  // namespace tenon
