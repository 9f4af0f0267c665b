//! What a file is by its first bytes. Containers are told apart by their own readers.

use memchr::memmem;

use super::FileKind::{self, *};
use super::text;

/// Signatures: where they stand, the bytes, and what they mean. The first that fits counts.
const SIGNATURES: &[(usize, &[u8], FileKind)] = &[
    (0, b"\x7fELF", ElfExecutable),
    (0, b"\xfe\xed\xfa\xce", MachExecutable),
    (0, b"\xfe\xed\xfa\xcf", MachExecutable),
    (0, b"\xce\xfa\xed\xfe", MachExecutable),
    (0, b"\xcf\xfa\xed\xfe", MachExecutable),
    (0, b"dex\n", Installer),
    (0, b"\xed\xab\xee\xdb", Installer),
    (0, b"!<arch>\ndebian", Installer),
    (0, b"Cr24", Installer),
    (0, b"PK\x03\x04", Zip),
    (0, b"PK\x05\x06", Zip),
    (0, b"Rar!\x1a\x07", Rar),
    (0, b"7z\xbc\xaf\x27\x1c", SevenZip),
    (0, b"\x1f\x8b\x08", Gzip),
    (257, b"ustar", Tar),
    (0, b"BZh", OtherArchive),
    (0, b"\xfd7zXZ\0", OtherArchive),
    (0, b"\x28\xb5\x2f\xfd", OtherArchive),
    (0, b"\x04\x22\x4d\x18", OtherArchive),
    (0, b"LZIP", OtherArchive),
    (0, b"MSCF", OtherArchive),
    (0, b"ISc(", OtherArchive),
    (7, b"**ACE**", OtherArchive),
    (0, b"\x60\xea", OtherArchive),
    (2, b"-lh", OtherArchive),
    (0, b"\x1f\x9d", OtherArchive),
    (0, b"xar!", OtherArchive),
    (0, b"MSWIM\0\0\0", DiskImage),
    (0, b"vhdxfile", DiskImage),
    (0, b"conectix", DiskImage),
    (0, b"KDMV", DiskImage),
    (0x8001, b"CD001", DiskImage),
    (0x8001, b"BEA01", DiskImage),
    (0x8001, b"NSR0", DiskImage),
    (0, b"L\0\0\0\x01\x14\x02\0", Shortcut),
    (0, b"ITSF", CompiledHelp),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", OneNote),
    (0, b"{\\rt", Rtf),
    (0, b"\x78\x9f\x3e\x22", Tnef),
    (0, b"\x89PNG\r\n", Image),
    (0, b"\xff\xd8\xff", Image),
    (0, b"GIF8", Image),
];

/// How far into a file a reader looks for `%PDF-` (ISO 32000-1 annex H.3.4.1).
const PDF_HEADER_BYTES: usize = 1024;

/// The kind of `bytes`; OLE files are [`FileKind::Unknown`] here, see [`super::ole`].
pub(super) fn of(bytes: &[u8]) -> FileKind {
    if bytes.is_empty() {
        return Empty;
    }
    if is_windows_executable(bytes) {
        return WindowsExecutable;
    }
    if let Some(kind) = fat_or_java(bytes) {
        return kind;
    }
    let stands = |(at, magic, _): &&(usize, &[u8], FileKind)| {
        bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic))
    };
    if let Some((.., kind)) = SIGNATURES.iter().find(stands) {
        return *kind;
    }
    if is_disk_image(bytes) {
        return DiskImage;
    }
    if memmem::find(&bytes[..bytes.len().min(PDF_HEADER_BYTES)], b"%PDF-").is_some() {
        return Pdf;
    }
    if is_cms(bytes) {
        return Smime;
    }
    text::of(bytes).unwrap_or_else(|| media(bytes))
}

/// `MZ`, and a PE header or the old DOS kind of file: not a text that begins with these letters.
fn is_windows_executable(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MZ") && (bytes.len() < 64 || bytes[2..64].iter().any(|byte| *byte < 9))
}

/// `0xCAFEBABE` begins both Java classes and fat Mach-O files; only the latter hold few architectures.
fn fat_or_java(bytes: &[u8]) -> Option<FileKind> {
    let rest = bytes.strip_prefix(b"\xca\xfe\xba\xbe")?;
    let number = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
    Some(if number < 40 { MachExecutable } else { Java })
}

/// Images that are told by their end (VHD, DMG) or by a boot sector with a FAT file system.
fn is_disk_image(bytes: &[u8]) -> bool {
    let trailer = bytes.len().checked_sub(512).map(|start| &bytes[start..]).unwrap_or_default();
    let boot = bytes.get(510..512) == Some(b"\x55\xaa");
    let fat = bytes.get(54..57) == Some(b"FAT")
        || bytes.get(82..85) == Some(b"FAT")
        || bytes.get(3..7) == Some(b"NTFS");
    trailer.starts_with(b"conectix") || trailer.starts_with(b"koly") || (boot && fat)
}

/// A CMS structure (RFC 5652): a sequence that begins with an object identifier of PKCS #7.
fn is_cms(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(32)];
    head.starts_with(b"\x30") && memmem::find(head, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07").is_some()
}

fn media(bytes: &[u8]) -> FileKind {
    match infer::get(bytes).map(|kind| kind.matcher_type()) {
        Some(infer::MatcherType::Image) => Image,
        Some(infer::MatcherType::Audio) => Audio,
        Some(infer::MatcherType::Video) => Video,
        Some(infer::MatcherType::Archive) => OtherArchive,
        Some(_) | None => Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let mut iso = vec![0u8; 0x8001];
        iso.extend_from_slice(b"CD001");
        let mut vhd = vec![0u8; 1024];
        vhd.extend_from_slice(b"conectix");
        vhd.resize(1536, 0);
        let mut pe = b"MZ\x90\0\x03".to_vec();
        pe.resize(128, 0);
        let rows: [(&[u8], FileKind); 22] = [
            (b"", Empty),
            (&pe, WindowsExecutable),
            (b"MZ is what the letter begins with, and it goes on for more than sixty four characters.", Text),
            (b"\x7fELF\x02", ElfExecutable),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", Java),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", MachExecutable),
            (b"PK\x03\x04rest", Zip),
            (b"Rar!\x1a\x07\x01\0", Rar),
            (b"7z\xbc\xaf\x27\x1c\0\x04", SevenZip),
            (b"\x1f\x8b\x08\0", Gzip),
            (&iso, DiskImage),
            (&vhd, DiskImage),
            (b"L\0\0\0\x01\x14\x02\0", Shortcut),
            (b"junk before\n%PDF-1.7", Pdf),
            (b"{\\rtf1", Rtf),
            (b"{\\rt\x01", Rtf),
            (b"\x89PNG\r\n\x1a\n", Image),
            (b"\xff\xd8\xff\xe0", Image),
            (b"\x78\x9f\x3e\x22", Tnef),
            (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", Smime),
            (b"MSCF\0\0\0\0", OtherArchive),
            (b"\0\x01\x02\x03", Unknown),
        ];
        for (bytes, kind) in rows {
            assert_eq!(of(bytes), kind, "{:?}", &bytes[..bytes.len().min(16)]);
        }
    }
}
