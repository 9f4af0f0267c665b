//! Original bytes.

use message::Digest;

use super::Fresh;

/// Empty, small, compressible and large ones.
pub async fn bytes_read_back(store: Fresh<'_>) {
    let noise: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for bytes in [&b""[..], b"From: ann@example.com\r\n\r\nHi", &vec![b'x'; 3 << 20], &noise] {
        let digest = store.keep_blob(bytes).await.expect("kept");
        assert_eq!(digest, Digest::of(bytes));
        assert!(store.blob(&digest).await.expect("read").as_deref() == Some(bytes));
    }
}

/// Never kept is not an error.
pub async fn unknown_bytes_are_none(store: Fresh<'_>) {
    assert_eq!(store.blob(&Digest::of(b"nobody kept this")).await.expect("read"), None);
}

/// Copies of one message share their bytes.
pub async fn keeping_twice_is_harmless(store: Fresh<'_>) {
    let once = store.keep_blob(b"mail").await.expect("kept");
    assert_eq!(store.keep_blob(b"mail").await.expect("kept"), once);
    assert_eq!(store.verify().await.expect("verified").blobs, 1);
}
