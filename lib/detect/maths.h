#ifndef DETECT_MATHS_H
#define DETECT_MATHS_H

/*
 * maths - logarithm and exponential that are the same on every machine.
 *
 * What a libm returns for these differs in the last bit from one to the
 * next, and scores are to be the same bytes everywhere.  Here are only
 * operations that IEEE 754 rounds correctly (+ - * / and scaling by powers
 * of two), in an order that the compiler keeps: no contraction, see the
 * Makefile.  Errors are below 4e-16, relative to max(1, result).
 */

/* The natural logarithm of x, which is finite and above 0. */
double maths_log(double x);

/* Logarithm to base 10, in the same sense. */
double maths_log10(double x);

/* e to the power of x; x from -700 to 700, beyond that it is cut. */
double maths_exp(double x);

#endif
