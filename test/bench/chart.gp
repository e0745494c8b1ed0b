# SPDX-License-Identifier: BSD-2-Clause
# One chart of three parts. The caller sets works, jobs, store (files from table.awk) and out.
set terminal svg size 1200,1180 font "sans-serif,13" background "white"
set output out
set datafile missing "?"
set style fill solid 0.85 border -1
set boxwidth 0.9
set grid ytics
set key outside top center horizontal
bare = "#999999"
ours = "#1f77b4"
peer = "#d95f02"
soft = "#66a61e"
set multiplot

set origin 0, 0.6
set size 1, 0.4
set lmargin 10
set rmargin 4
set bmargin 6
set title "Milliseconds an operation on a software TPM (median; shorter is better; no bar: can not, or failed)"
set style data histogram
set style histogram clustered gap 1
set logscale y 10
set format y "%g"
set ylabel "milliseconds"
set xtics rotate by 35 right scale 0
array colours[4] = [bare, ours, peer, soft]
plot for [i = 2:5] works using i:xtic(1) title columnheader(i) lc rgb colours[i - 1]

set origin 0, 0.34
set size 1, 0.26
set bmargin 3
set title "Milliseconds of a usual job's commands on a typical discrete TPM; managed: behind the kernel's resource manager"
unset logscale y
set yrange [0:*]
set xtics norotate center
array tints[4] = [ours, "#9ecae1", peer, "#fdbe85"]
plot for [i = 2:5] jobs using i:xtic(1) title columnheader(i) lc rgb tints[i - 1]

set origin 0, 0
set size 1, 0.34
set bmargin 4
set title "Milliseconds of a start, of a search by id, and of a listing of everything, by the number of objects"
set style data linespoints
set autoscale y
set logscale xy 10
set xlabel "objects in the store"
set xtics auto
array lines[9] = [ours, "#6baed6", "#08306b", peer, "#fdae6b", "#7f2704", soft, "#a1d99b", "#00441b"]
plot for [i = 2:10] store using 1:i title columnheader(i) lw 2 pt 7 ps 0.6 lc rgb lines[i - 1]
unset multiplot
