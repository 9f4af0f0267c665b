//! Mail that tests send by the hundred.

/// The Message-ID of letter `number`.
pub fn message_id(number: usize) -> String {
    format!("<letter-{number}@sender.example>")
}

fn head(number: usize) -> String {
    format!(
        "From: Sender <sender@sender.example>\r\nTo: people@tidewright.example\r\nSubject: Order {number}\r\n\
         Message-ID: {}\r\nDate: Tue, 24 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n",
        message_id(number)
    )
}

/// Nothing to object to.
pub fn ordinary(number: usize) -> String {
    format!("{}Content-Type: text/plain\r\n\r\nHello, the order {number} is on its way.\r\n", head(number))
}

/// A program that calls itself a document; harmless, for there is nothing behind its header.
pub fn disguised_program(number: usize) -> String {
    format!(
        "{}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease see the \
         order {number}.\r\n--b\r\nContent-Type: application/pdf; name=\"order.pdf.exe\"\r\nContent-Disposition: \
         attachment; filename=\"order.pdf.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        head(number),
        "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
         gAAAAA4fug4AtAnNIbgBTM0hVGhpcyBwcm9ncmFtIGNhbm5vdCBiZSBydW4gaW4gRE9TIG1vZGUuDQ0KJAAAAAAAAAA="
    )
}
