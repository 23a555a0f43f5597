// Draw a chart when it comes into view; until then, on paper, and without scripts the still picture stands there.
(function () {
  "use strict";
  var figures = JSON.parse(document.getElementById("figures").textContent);
  var narrow = function () { return window.innerWidth < 600; };

  function themed(layout, data) {
    var style = getComputedStyle(document.documentElement);
    var ink = style.getPropertyValue("--ink").trim(), rule = style.getPropertyValue("--rule").trim();
    var copy = JSON.parse(JSON.stringify(layout));
    copy.font = { color: ink, size: narrow() ? 11 : 13 };
    ["xaxis", "yaxis"].forEach(function (name) {
      copy[name].gridcolor = rule;
      copy[name].zerolinecolor = rule;
      copy[name].linecolor = rule;
    });
    return narrow() ? squeezed(copy, data) : copy;
  }

  // Whiskers without a colour of their own would be dark on a dark page.
  function inked(data) {
    var ink = getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
    return data.map(function (trace) {
      var bare = trace.error_x && !trace.error_x.color;
      return bare ? Object.assign({}, trace, { error_x: Object.assign({ color: ink }, trace.error_x) }) : trace;
    });
  }

  // On a telephone: short labels, and room below for a legend of one entry a line.
  function squeezed(layout, data) {
    var entries = data.filter(function (trace) { return trace.showlegend !== false; }).length;
    layout.margin = { l: 44, r: layout.yaxis.type === "category" ? 40 : 8, t: 12, b: 48 };
    if (layout.showlegend !== false) layout.height += 22 * entries;
    if (layout.yaxis.type === "category") {
      var names = layout.yaxis.categoryarray || [].concat.apply([], data.map(function (trace) { return trace.y; }));
      layout.yaxis.tickvals = names;
      layout.yaxis.ticktext = names.map(function (name) { return name.length > 20 ? name.slice(0, 19) + "…" : name; });
      layout.yaxis.tickfont = { size: 9 };
    }
    return layout;
  }

  function draw(figure) {
    var asked = figures[figure.dataset.figure], place = figure.querySelector(".live");
    figure.classList.add("drawn");
    Plotly.react(place, inked(asked.data), themed(asked.layout, asked.data), { responsive: true, displayModeBar: false, scrollZoom: false });
  }

  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
    });
  }, { rootMargin: "300px" });
  document.querySelectorAll("figure[data-figure]").forEach(function (figure) { seen.observe(figure); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    document.querySelectorAll("figure.drawn").forEach(draw);
  });
})();
