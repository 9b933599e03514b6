// Reads that give an error where a mapping would give SIGBUS.
#pragma once

#include <stdint.h>

namespace tenon {

// Reads exactly length bytes, or says why not.
int32_t read_fully(int file, int64_t offset, int64_t length, void* out);
// The same through O_DIRECT: up to kPieceBytes into scratch; *data is where the bytes begin there.
int32_t read_direct(int file, int64_t offset, int64_t length, unsigned char* scratch,
                    unsigned char** data);
bool is_direct(int file);

}  // namespace tenon
