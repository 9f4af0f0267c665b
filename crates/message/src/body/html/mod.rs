//! HTML as a reader sees it: visible and hidden text, links, and what else the page does.
//!
//! html5ever builds the tree browsers build; [`tree`] bounds it, [`style`] and [`sheet`] decide what is seen, and
//! [`read`] walks it once.

mod read;
mod script;
mod sheet;
mod style;
mod tree;

pub(crate) use read::read;
