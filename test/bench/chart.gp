# SPDX-License-Identifier: BSD-2-Clause
# One chart of the medians: milliseconds an operation, on a scale where each line is ten times the one below.
# The caller sets data (from table.awk) and out.
set terminal svg size 1200,620 font "sans-serif,13" background "white"
set output out
set datafile missing "?"
set title "Milliseconds an operation on a software TPM (median; shorter is better; no bar: can not, or failed)"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.85 border -1
set boxwidth 0.9
set logscale y 10
set format y "%g"
set ylabel "milliseconds"
set grid ytics
set key outside top center horizontal
set xtics rotate by -50 scale 0
set bmargin 9
set rmargin 8
set linetype 1 lc rgb "#999999"
set linetype 2 lc rgb "#1f77b4"
set linetype 3 lc rgb "#d95f02"
set linetype 4 lc rgb "#66a61e"
plot for [i = 2:5] data using i:xtic(1) title columnheader(i) lt i - 1
