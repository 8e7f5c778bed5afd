#ifndef DETECT_CHI_SQUARED_H
#define DETECT_CHI_SQUARED_H

/*
 * The quantile p, between 0 and 1, of chi-squared with so many degrees of
 * freedom, a whole number above 0; to about ten digits.
 */
double chi_squared_quantile(double degrees, double p);

#endif
