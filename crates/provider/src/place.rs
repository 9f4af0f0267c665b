//! Where a copy stands, and what fetching and acting give back.

use verdict::Place;

/// A copy, fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    pub bytes: Vec<u8>,
    /// Whether `bytes` stop short of the whole message.
    pub truncated: bool,
    pub place: Place,
    /// Drafts are not mail yet.
    pub draft: bool,
    pub internet_message_id: Option<String>,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fetched({} bytes, {:?})", self.bytes.len(), self.place)
    }
}

/// An order carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub done: Done,
    /// As it stood before, when we looked.
    pub before: Option<Place>,
    pub after: Place,
    /// The folder a restored copy was taken from is gone, so it was put into the inbox instead.
    pub folder_lost: bool,
}

/// Whether this call did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Now,
    /// It was so already: an earlier try, or the person.
    Already,
}
