//! What a file is, by its content. Its name and the content type that the caller says do not count.
//! Imitates docs/fidelity.md, "Utleggsbegjæring".

/// Whether the file is PDF, or something that can become PDF. Which kinds can is chosen.
pub(super) fn kan_bli_pdf(bytes: &[u8]) -> bool {
    er_pdf(bytes) || MERKER.iter().any(|merke| bytes.starts_with(merke)) || er_dokument(bytes) || er_tekst(bytes)
}

/// How images and older documents begin: PNG, JPEG, GIF, TIFF, RTF, the compound files of older office programs.
const MERKER: [&[u8]; 7] = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"II*\0",
    b"MM\0*",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
];

/// How far into a file a PDF may begin.
const PDF_BEGYNNER: usize = 1024;

fn er_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(PDF_BEGYNNER)].windows(5).any(|window| window == b"%PDF-")
}

/// An archive that holds a document: the names of its first files say so.
fn er_dokument(bytes: &[u8]) -> bool {
    const BEGYNNELSE: usize = 8 * 1024;
    let begynnelse = &bytes[..bytes.len().min(BEGYNNELSE)];
    let har = |navn: &[u8]| begynnelse.windows(navn.len()).any(|window| window == navn);
    bytes.starts_with(b"PK\x03\x04")
        && (har(b"[Content_Types].xml") || har(b"word/") || har(b"mimetypeapplication/vnd.oasis.opendocument"))
}

/// A text in UTF-8, without control characters.
fn er_tekst(bytes: &[u8]) -> bool {
    let styretegn = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    !bytes.is_empty() && !bytes.iter().any(styretegn) && std::str::from_utf8(bytes).is_ok()
}

/// Whether the file has the EICAR test string, which every virus scanner takes for a virus. The string stands here in two
/// pieces, so that no scanner takes this file for one.
pub(super) fn har_virus(bytes: &[u8]) -> bool {
    const FIRST: &[u8] = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD";
    const SECOND: &[u8] = b"-ANTIVIRUS-TEST-FILE!$H+H*";
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'X') {
        let here = &rest[at..];
        if here.strip_prefix(FIRST).is_some_and(|after| after.starts_with(SECOND)) {
            return true;
        }
        rest = &here[1..];
    }
    false
}
