# Compiler flags shared by build and check; sourced. Contraction is off so that every instruction
# set rounds alike, and each kernel file alone may use the instructions its name says.
common_flags="-std=c++17 -fPIC -fvisibility=hidden -fno-exceptions -fno-rtti -pthread \
  -ffp-contract=off -fno-math-errno -Wall -Wextra -Wshadow -Wconversion"

isa_flags() {
  case "$(basename "$1")" in
    isa_sha.cpp) echo "-msse4.1 -mssse3 -msha" ;;
    isa_avx2.cpp) echo "-mavx2 -mfma -mf16c" ;;
    isa_avx512.cpp)
      # GCC 12 takes the undefined operands of its own AVX-512 header for a fault.
      echo "-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mf16c \
        -Wno-uninitialized -Wno-maybe-uninitialized"
      ;;
  esac
}

# The source files for this machine: x86-64 has files others cannot compile.
sources() {
  for source in "$1"/src/*.cpp; do
    case "$(uname -m)/$(basename "$source")" in
      x86_64/*) echo "$source" ;;
      */isa_avx* | */isa_sha*) ;;
      *) echo "$source" ;;
    esac
  done
}

# A command for run_lines, whatever is in its words.
command_line() {
  printf '%q ' "$@"
  printf '\0'
}

# Runs the commands it reads, two at a time.
run_lines() {
  xargs -0 -r -P 2 -I{} bash -c '{}'
}

# Whether a file is missing, or older than one it is made from: stale FILE INPUTS...
stale() {
  local made=$1 input
  [ -f "$made" ] || return 0
  for input in "${@:2}"; do
    [ "$made" -nt "$input" ] || return 0
  done
  return 1
}
