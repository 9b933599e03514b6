// Round to nearest, subnormals kept, whatever mode the calling thread was left in.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace tenon {

class DefaultFloatMode {
 public:
#if defined(__x86_64__)
  DefaultFloatMode() : before_(_mm_getcsr()) { _mm_setcsr(0x1f80); }
  ~DefaultFloatMode() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#endif
};

}  // namespace tenon
