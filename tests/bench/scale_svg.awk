# SPDX-License-Identifier: GPL-2.0-or-later
# scale_svg.awk: a picture of lines "NUMBER VERB TOOL US", both axes logarithmic; -v
# title=TEXT. A colour is a verb, a dash a tool. NUMBER may be 0: the axis has log(1 + n).

function escaped(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	return s
}
function log10(v) { return log(v) / log(10) }
function floor(v) { return int(v) > v ? int(v) - 1 : int(v) }
function at_x(n) { return left + (right - left) * log10(1 + n) / log10(1 + most) }
function at_y(us) { return bottom - (bottom - top) * (log10(us) - low) / (high - low) }
function shown(us) {
	return us < 1000 ? us " µs" : us < 1000000 ? us / 1000 " ms" : us / 1000000 " s"
}
function text(x, y, anchor, s) {
	printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor,
		escaped(s)
}
function line(class, x1, y1, x2, y2) {
	printf "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
		class, x1, y1, x2, y2
}

# light, and with other values for what is dark
function style(    i) {
	print "<style>"
	print "svg { --paper: #ffffff; --ink: #1d2430; --soft: #dfe3e8; --axis: #8a93a0;"
	for (i = 1; i <= n_verbs; i++)
		printf " --c%d: %s;", i, light[(i - 1) % 7 + 1]
	print "\n}\n@media (prefers-color-scheme: dark) { svg { --paper: #14181f;"
	print " --ink: #e4e8ee; --soft: #2b323d; --axis: #7d8794;"
	for (i = 1; i <= n_verbs; i++)
		printf " --c%d: %s;", i, dark[(i - 1) % 7 + 1]
	print "\n} }"
	print "text { fill: var(--ink); font: 12px system-ui, sans-serif; }"
	print ".title { font-size: 15px; font-weight: 600; }"
	print ".paper { fill: var(--paper); }"
	print ".grid { stroke: var(--soft); } .axis { stroke: var(--axis); }"
	print "polyline { fill: none; } polyline, .key { stroke-width: 2; }"
	for (i = 1; i <= n_verbs; i++)
		printf ".v%d { stroke: var(--c%d); } circle.v%d { fill: var(--c%d); }\n",
			i, i, i, i
	for (i = 1; i <= n_tools; i++)
		printf ".t%d { stroke-dasharray: %s; }\n", i, dash[(i - 1) % 4 + 1]
	print ".ink { stroke: var(--ink); }"
	print "</style>"
}

function axes(    i, k, us) {
	for (i = low; i <= high; i++)
		for (k = 1; k < 10 && (i < high || k == 1); k++) {
			if (k != 1 && k != 2 && k != 5)
				continue
			us = k * 10 ^ i
			if (at_y(us) < top - 0.5)
				continue
			line("grid", left, at_y(us), right, at_y(us))
			text(left - 8, at_y(us) + 4, "end", shown(us))
		}
	for (i = 1; i <= n_steps; i++) {
		line("grid", at_x(step[i]), top, at_x(step[i]), bottom)
		text(at_x(step[i]), bottom + 18, "middle", step[i])
	}
	line("axis", left, bottom, right, bottom)
	line("axis", left, top, left, bottom)
	text((left + right) / 2, bottom + 40, "middle", "containers running")
}

function curve(v, t,    i, points, us) {
	for (i = 1; i <= n_steps; i++)
		if ((step[i], verb[v], tool[t]) in time) {
			us = time[step[i], verb[v], tool[t]]
			points = points sprintf("%s%.1f,%.1f", points ? " " : "",
				at_x(step[i]), at_y(us))
		}
	printf "<g><title>%s %s</title>\n", escaped(tool[t]), escaped(verb[v])
	printf "<polyline id=\"%s-%s\" class=\"v%d t%d\" points=\"%s\"/>\n",
		escaped(tool[t]), escaped(verb[v]), v, t, points
	for (i = 1; i <= n_steps; i++)
		if ((step[i], verb[v], tool[t]) in time) {
			us = time[step[i], verb[v], tool[t]]
			printf "<circle class=\"v%d\" cx=\"%.1f\" cy=\"%.1f\" ", v,
				at_x(step[i]), at_y(us)
			printf "r=\"2.5\">"
			printf "<title>%s %s, %d running: %.0f µs</title></circle>\n",
				escaped(tool[t]), escaped(verb[v]), step[i], us
		}
	print "</g>"
}

function legend(    i, y) {
	y = top + 6
	for (i = 1; i <= n_tools; i++) {
		line("key ink t" i, right + 24, y, right + 60, y)
		text(right + 68, y + 4, "start", tool[i])
		y += 20
	}
	y += 10
	for (i = 1; i <= n_verbs; i++) {
		line("key v" i, right + 24, y, right + 60, y)
		text(right + 68, y + 4, "start", verb[i])
		y += 20
	}
}

NF == 4 && $4 > 0 {
	if (!(("s", $1) in seen))
		step[++n_steps] = $1
	if (!(("v", $2) in seen))
		verb[++n_verbs] = $2
	if (!(("t", $3) in seen))
		tool[++n_tools] = $3
	seen["s", $1] = seen["v", $2] = seen["t", $3] = 1
	time[$1, $2, $3] = $4
	if ($1 > most)
		most = $1
	if (!least || $4 < least)
		least = $4
	if ($4 > longest)
		longest = $4
}

END {
	split("#0b6fb8 #b86e00 #00805f #a8489a #c43b2f #3d7f99 #6b4fc0", light, " ")
	split("#5aaef0 #f0a945 #3fcf9f #e08ad2 #ff8272 #86c9e0 #ab95f5", dark, " ")
	split("none|7 4|2 3|9 3 2 3", dash, "|")
	width = 860; height = 520
	left = 70; right = 700; top = 50; bottom = 460
	if (!most)
		most = 1
	if (!n_steps)
		exit 1
	# from a 1, 2 or 5 to another one
	low = floor(log10(least))
	high = floor(log10(longest)) + 1
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" ", width,
		height
	printf "width=\"%d\" height=\"%d\" role=\"img\">\n", width, height
	printf "<title>%s</title>\n", escaped(title)
	style()
	printf "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", width, height
	printf "<text class=\"title\" x=\"%d\" y=\"28\">%s</text>\n", left, escaped(title)
	axes()
	for (v = 1; v <= n_verbs; v++)
		for (t = 1; t <= n_tools; t++)
			curve(v, t)
	legend()
	print "</svg>"
}
