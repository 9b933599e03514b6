/*
 * The native core of Tenon: counter-based initialisation, page population, parallel reads and dtype
 * conversion, on raw addresses. It needs libc alone and keeps no state of its own, but for how the
 * process ends: a pool carries all there is, so any number of loads may run side by side.
 *
 * Addresses and handles are int64_t, as the Java side has them. Every function from tenon_pool_create
 * on returns a status: TENON_OK, a positive errno, or a negative TENON_E_ code. No function throws.
 */
#ifndef TENON_H
#define TENON_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a signature or a layout below changes; the Java side refuses another number. */
#define TENON_ABI 11
/* Part of every hash of a parameter's name; grows when the same seed may give other values. */
#define TENON_STREAM 1

enum tenon_status {
  TENON_OK = 0,
  TENON_E_ARGUMENT = -1,   /* a null address, an unknown code, or parameters without a meaning */
  TENON_E_END_OF_FILE = -2 /* the file ends before the bytes asked for */
};

enum tenon_dtype {
  TENON_BYTES = 0, /* copied as they are */
  TENON_F32 = 1,
  TENON_BF16 = 2,
  TENON_F16 = 3,
  TENON_F64 = 4,
  TENON_F8_E4M3 = 5, /* the 8-bit types can be read, not written */
  TENON_F8_E5M2 = 6,
  TENON_F8_E4M3FNUZ = 7,
  TENON_F8_E5M2FNUZ = 8,
  TENON_F8_E8M0 = 9
};

enum tenon_kind {
  TENON_CONSTANT = 0,        /* a */
  TENON_UNIFORM = 1,         /* a <= x < b */
  TENON_NORMAL = 2,          /* mean a, standard deviation b */
  TENON_TRUNCATED_NORMAL = 3 /* mean a, standard deviation b, c <= x <= d */
};

enum tenon_isa {
  TENON_ISA_BEST = 0,
  TENON_ISA_SCALAR = 1,
  TENON_ISA_AVX2 = 2,
  TENON_ISA_AVX512 = 3
};

/* A run of a tensor to be filled; an empty one may have no address. Eight-byte members only, so
 * that Java can write it as long[]. */
typedef struct tenon_fill_item {
  int64_t address;   /* of the run's first element */
  int64_t start;     /* that element's row-major index in the whole tensor */
  int64_t length;    /* elements in the run */
  int64_t dtype;     /* TENON_F32, BF16, F16 or F64 */
  int64_t kind;      /* tenon_kind */
  uint64_t key;      /* Philox key: low word first */
  uint64_t stream;   /* upper half of the Philox counter */
  double a, b, c, d; /* what they mean, see tenon_kind */
} tenon_fill_item;

/* A dimension of a box: how many steps, and how many bytes apart they are on each side. */
typedef struct tenon_axis {
  int64_t count;
  int64_t source;
  int64_t destination;
} tenon_axis;

/*
 * A box of elements to be brought from a file or from memory, converted on the way. Axes that are
 * not needed come first and have a count of one. The last is the one along which neighbours are
 * nearest in the source; where they are not neighbours in the destination too, the elements that are
 * lie along the one before.
 */
typedef struct tenon_move_item {
  int64_t source;      /* offset in the file, or an address, of the first element */
  int64_t destination; /* address of the first element */
  int64_t from;        /* tenon_dtype */
  int64_t to;          /* tenon_dtype; the same as from copies */
  int64_t size;        /* bytes of an element of the source: for TENON_BYTES 1, 2, 4 or 8 */
  tenon_axis axes[3];
} tenon_move_item;

/* Where the codes of a packed tensor lie: it is a matrix of rows x columns of them. */
enum tenon_layout {
  TENON_ALONG = 0,  /* a stream of bits a row, the lowest first: code c at bit c * bits */
  TENON_DOWN = 1,   /* a stream a column, of 32-bit words, a row of words pitch bytes apart */
  TENON_FIELDS = 2, /* row r is field r / stored of the units of row r % stored */
  TENON_BOOKS = 3,  /* codes of vectors: a code for each of books, for every vector columns */
  TENON_GGML = 4    /* blocks of a ggml type, which says all of what their values are */
};

/* How 4-bit codes follow each other in the bytes of a row. */
enum tenon_order {
  TENON_IN_ORDER = 0,
  TENON_HIGH_FIRST = 1, /* of each byte the upper one comes first */
  TENON_AWQ = 2,        /* in words, as columns 0 2 4 6 1 3 5 7 */
  TENON_HALVES = 3      /* of each 32, the lower ones of 16 bytes and then the upper ones */
};

/* What becomes of the value v a code stands for, with a scale s and a zero z. */
enum tenon_operation {
  TENON_AS_IT_IS = 0,
  TENON_SCALE = 1,       /* v * s */
  TENON_DIVIDE = 2,      /* v / s */
  TENON_MINUS_SCALE = 3, /* (v - z) * s */
  TENON_SCALE_PLUS = 4,  /* v * s + z */
  TENON_SCALE_MINUS = 5  /* v * s - z */
};

/*
 * How a packed tensor's values come out of its codes, each in float32, in the order the operation
 * says, each step rounded by itself. Scales and zeros are grids of float32 with a row of numbers for
 * every block_rows rows, or for each row that index names, and a number for every block_columns
 * columns, or as index says. Eight-byte members only.
 */
typedef struct tenon_formula {
  int64_t codes; /* address */
  int64_t rows, columns;
  int64_t layout;       /* tenon_layout */
  int64_t order;        /* tenon_order; but for TENON_IN_ORDER, of 4 bits ALONG */
  int64_t bits;         /* of a code: 1 to 8; of TENON_BOOKS, to 16 */
  int64_t pitch;        /* bytes from a row of units or of blocks to the next */
  int64_t unit;         /* bytes of a unit of TENON_FIELDS, 1 or 4; of a code of TENON_BOOKS, 1 or 2;
                           the number of the type of TENON_GGML */
  int64_t stored;       /* rows of units, of TENON_FIELDS; of TENON_GGML the rows of a head, if the rows of
                           its two halves are stored in turn, else 0 */
  int64_t first_shift;  /* and where the first field is */
  int64_t shift;        /* and how far from it the next, may be negative */
  int64_t books;        /* of TENON_BOOKS: how many */
  int64_t vector;       /* and how many columns a code stands for */
  int64_t table;        /* address of 2^bits float32; of TENON_BOOKS, of books x 2^bits x vector; of
                           TENON_GGML none */
  int64_t operation;    /* tenon_operation */
  int64_t scales;       /* address; not asked for where the operation needs none */
  int64_t zeros;        /* the same */
  int64_t grid_rows, grid_columns;
  int64_t block_rows, block_columns;
  int64_t row_index;    /* 0, or the address of an int32 a row: its row of the grids */
  int64_t column_index; /* the same for columns */
  double factor;        /* a float32 that all is multiplied by in the end; 1 for none */
} tenon_formula;

/* TENON_ABI of this library. */
int32_t tenon_abi(void);
/* The widest instruction set this processor and this build share. */
int32_t tenon_best_isa(void);
/* The text of a status; never NULL. */
const char* tenon_error(int32_t status);
/*
 * For a process that starts, loads and ends. Has the workers of an OpenBLAS that is loaded from now
 * on sleep at once where nothing is to be done: they would first spin for 30 ms each, beside a start
 * that wants every core, as a process that multiplies matrices wants them to. Sets
 * OPENBLAS_THREAD_TIMEOUT in the environment, unless somebody has. And leaves HotSpot's
 * compilers what time the other threads do not take.
 */
void tenon_start_quickly(void);
/*
 * Has the heap of the calling thread grow by 60 MiB at once, where the C library is glibc, and in
 * huge pages, where the kernel has them. libtorch takes 55 MB in small blocks while it is loaded,
 * for which a heap would grow by a page at a time, by a call of the kernel and a fault each. From
 * then on, for all threads, free memory at the end of a heap is kept, and a block of 128 KiB or more
 * that no heap has room for is mapped, where glibc would adapt to what it sees: for such a process
 * too. Does nothing where the environment has settings for malloc.
 */
void tenon_grow_heap(void);
/*
 * Has exit(3) end the process without the handlers and destructors registered so far, where the C
 * library can (glibc): libtorch's take its registries apart, which is a tenth of a short run. Output
 * of stdio is written out.
 */
void tenon_end_quickly(void);
/* How many libraries this process has linked by now, those it has let go of since among them. Asks
   the dynamic linker, in less than a microsecond; 0 where that does not tell. */
int64_t tenon_libraries(void);

/*
 * A pool of threads - 1 workers; the caller of an operation is the last. Workers sleep between
 * operations. Operations of several threads may share a pool. In a forked child, which has no
 * workers, operations run on the caller alone. isa: TENON_ISA_BEST, or a narrower one for tests.
 */
int32_t tenon_pool_create(int32_t threads, int32_t isa, int64_t* pool);
/* Ends the workers. The caller sees to it that no operation is running. */
int32_t tenon_pool_close(int64_t pool);

/*
 * Fills all items, in parallel. Values do not depend on the cut into items, threads or isa. With
 * names, an item's key is where its parameter's name begins in them and its stream how long that is
 * in bytes; the stream it draws from then follows from seed and name.
 */
int32_t tenon_fill(int64_t pool, const tenon_fill_item* items, int64_t count, const char* names,
                   int64_t seed);

/* Opens a file for reading; path is NUL-terminated. */
int32_t tenon_open(const char* path, int64_t* file);
int32_t tenon_close(int64_t file);
/*
 * Takes flock(2)'s exclusive lock on a file at path, which is made, for whole groups to write, if it
 * is not there; a link is not followed. lock becomes what tenon_close gives it back by, or -1 if
 * somebody else has it: there is no waiting.
 */
int32_t tenon_lock(const char* path, int64_t* lock);
/* What tells one state of an open file from another. state: its size, the time of its last change in
   seconds and nanoseconds, its device, its inode. */
int32_t tenon_stat(int64_t file, int64_t* state);
/* Reads a range on the calling thread. */
int32_t tenon_read(int64_t file, int64_t offset, int64_t address, int64_t length);
/*
 * Reads (file >= 0) or copies (file < 0) all items, in parallel and in order. A file that cannot be
 * read gives a status, never SIGBUS. failed[0]: the index of the item it failed at.
 */
int32_t tenon_move(int64_t pool, int64_t file, const tenon_move_item* items, int64_t count,
                   int64_t* failed);
/*
 * As tenon_move, of values that are unpacked as they are read: the source is a file of float32 that
 * are not there, rows x columns of them in that order. Each item is from TENON_F32, or
 * of TENON_BYTES by four.
 */
int32_t tenon_unpack(int64_t pool, const tenon_formula* formula, const tenon_move_item* items,
                     int64_t count, int64_t* failed);
/* How many of the pages of a range of a file are in the page cache, as cachestat tells: in time that
   goes with folios, not pages. A kernel that lacks or refuses it gives its errno. counts: cached, all. */
int32_t tenon_cached(int64_t file, int64_t offset, int64_t length, int64_t* counts);

/* Maps the first bytes of a file at a multiple of 2 MiB, in huge pages where the kernel has them; what
   is written to them stays in this process. tenon_free unmaps them. Where the file has shrunk since, an access ends the process. */
int32_t tenon_map(int64_t file, int64_t length, int64_t* address);
/* Maps in every page of a range for reading, so that no fault is left; what is not in memory is read. */
int32_t tenon_populate(int64_t pool, int64_t address, int64_t length);
/* How many of the pages of a range are in memory. counts: resident, all. */
int32_t tenon_residency(int64_t address, int64_t length, int64_t* counts);
/* Zeroed memory, 2 MiB aligned, of huge pages where the kernel has them; populate: touch it now. */
int32_t tenon_allocate(int64_t pool, int64_t length, int32_t populate, int64_t* address);
/* Gives memory of tenon_allocate or tenon_map back; the same length. */
int32_t tenon_free(int64_t address, int64_t length);
/* Whether two ranges hold the same bytes. equal[0]: 1 or 0. */
int32_t tenon_equal(int64_t pool, int64_t a, int64_t b, int64_t length, int64_t* equal);

#ifdef __cplusplus
}
#endif
#endif
