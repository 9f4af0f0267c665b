//! What can be said about a message.
//!
//! A [`Signal`] is one named fact with its evidence. Signals read [`Evidence`] (the message, its route, what is known of the
//! organisation, and the observations gathered so far) and answer with a [`Reading`]; what they cannot know from the
//! message they ask as a [`Question`]. Pure: no IO, no clock, no scores.

pub mod evidence;
pub mod lookalike;
pub mod names;
pub mod observation;
pub mod observer;
pub mod phrases;
pub mod question;
pub mod signals;
pub mod tables;
pub mod words;

pub use evidence::{Evidence, Folder, Person, Setting};
pub use observation::{Correspondence, Observation, Observations, Unavailable};
pub use observer::Observer;
pub use question::Question;
pub use signals::{Reading, Signal};
