// SHA-256's compression of one block, FIPS 180-4.
#pragma once

#include <stdint.h>

namespace tenon {

using Compress = void (*)(uint32_t* state, const unsigned char* block);

// The fastest this processor has. Asking takes microseconds on a virtual machine.
Compress sha256_compress();

void compress_scalar(uint32_t* state, const unsigned char* block);
#if defined(__x86_64__)
void compress_sha_ni(uint32_t* state, const unsigned char* block);
#endif

extern const uint32_t kSha256[64];

}  // namespace tenon
