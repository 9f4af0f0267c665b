//! What `innerward demo` is made of: an organisation, its week of mail, and the sandbox it is delivered to.

pub(crate) mod corpus;
pub(crate) mod post;
pub(crate) mod stream;
