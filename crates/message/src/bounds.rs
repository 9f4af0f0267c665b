//! How much of a hostile message we are willing to look at. Reaching a bound is a [`crate::Defect`], never a
//! failure.

/// Bytes of one message: Exchange Online's largest is 150 MB. Whoever fetches or reads mail takes no more of it, so a message
/// that is this long is taken as cut off.
pub const MESSAGE_BYTES_MAX: usize = 150 * 1024 * 1024;

/// Nested multiparts and attached messages: Exchange Online refuses mail nested deeper than 30 parts, mail
/// clients show fewer; 64 leaves room for long forward chains.
pub const DEPTH_MAX: usize = 64;

/// Attached messages inside attached messages; each level is hashed and read anew, so fewer than parts.
pub const MESSAGE_DEPTH_MAX: usize = 16;

/// Parts of one message, all levels together (mail-parser uses the same number).
pub const PARTS_MAX: usize = 10_000;

/// Header fields of one entity; real mail with every gateway on its way stays below 300.
pub const FIELDS_MAX: usize = 5_000;

/// Bytes of one header section (Exchange Online's own limit is 256 KiB for all header fields).
pub const HEADER_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Characters of visible text kept of one body.
pub const TEXT_CHARS_MAX: usize = 2 * 1024 * 1024;

/// Nested elements of an HTML body: browsers stop at 512 (Chromium's parser limit).
pub const HTML_DEPTH_MAX: usize = 512;

/// Bytes of HTML read from one part.
pub const HTML_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Nodes of one HTML tree.
pub const HTML_NODES_MAX: usize = 500_000;

/// Nodes beyond one for each byte: misnested formatting makes hundreds out of a few bytes, real pages one out of ten.
pub const HTML_EXTRA_NODES_MAX: usize = 10_000;

/// Comparisons of attribute names that all HTML of one message may cost together: a tenth of a second at most.
pub const HTML_ATTRIBUTE_WORK_MAX: u64 = 100_000_000;

/// Links kept of one message.
pub const LINKS_MAX: usize = 5_000;

/// Rewriters unwrapped of one link (they nest; three deep is the most seen in real mail).
pub const UNWRAP_MAX: usize = 8;

/// Hops kept of one route; Exchange Online bounces mail after 30 or so `Received` fields.
pub const HOPS_MAX: usize = 200;

/// Members looked at in one archive.
pub const ARCHIVE_MEMBERS_MAX: usize = 1_000;

/// Archives inside archives.
pub const ARCHIVE_DEPTH_MAX: usize = 3;

/// Bytes that all archives and documents of one message may be unpacked to, together.
pub const ARCHIVE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Defects kept of one message; more say nothing new.
pub const DEFECTS_MAX: usize = 200;

/// Characters of a defect's detail.
pub const DETAIL_CHARS_MAX: usize = 200;
