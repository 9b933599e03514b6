package dev.tenon.skeleton.init;

/**
 * Sine and cosine of float32 numbers with the bits that torch gives them on x86, where they come
 * from MKL: one in twenty is not the nearest float32 but its neighbour.
 *
 * <p>What is rounded there is a polynomial of degree nine over half a turn, in double precision.
 * Its coefficients were fitted to millions of torch 2.13's results, from outside; SSE 4.2, AVX2 and
 * AVX-512 give the same ones. Of numbers up to 1000 in size about one in a million misses the last
 * bit. From 10000 on torch computes in another way, and the nearest float32 is returned.
 *
 * <p>Pure functions.
 */
public final class Sines {
  private static final double LARGEST = 10000;

  /** What {@link Math#PI} leaves out of half a turn. */
  private static final double PI_REST = 1.2246467991473532e-16;

  private static final double CUBE = -0x1.55554bc835d1cp-3;
  private static final double FIFTH = 0x1.110ed38032e77p-7;
  private static final double SEVENTH = -0x1.9f6ffee4bd2bdp-13;
  private static final double NINTH = 0x1.5dbdf0875f467p-19;

  private Sines() {}

  /** The sine of an angle in radians. */
  public static float sin(float angle) {
    return Math.abs(angle) < LARGEST ? wave(angle, 0) : (float) Math.sin(angle);
  }

  /** The cosine of an angle in radians: a sine that is a quarter of a turn ahead. */
  public static float cos(float angle) {
    return Math.abs(angle) < LARGEST ? wave(angle, 0.5) : (float) Math.cos(angle);
  }

  private static float wave(double angle, double ahead) {
    double halfTurns = Math.rint(angle / Math.PI + ahead);
    double whole = halfTurns - ahead;
    double rest = angle - whole * Math.PI - whole * PI_REST;
    double square = rest * rest;
    double series = CUBE + square * (FIFTH + square * (SEVENTH + square * NINTH));
    double sine = rest + rest * square * series;
    return (float) (halfTurns % 2 == 0 ? sine : -sine);
  }
}
