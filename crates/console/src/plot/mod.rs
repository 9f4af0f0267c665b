//! Plots as SVG, drawn here and escaped by the template: no script, no inline style, a tooltip on every bar and a table
//! behind each plot.

pub(crate) mod timeline;
