"""What the first bytes of files tell of them: a short table of what people keep beside documents.

Packages for this know hundreds of formats and say which; here it is enough to tell a person why a
file isn't read.
"""

PICTURE, SOUND, FILM, FONT = "a picture", "a sound recording", "a film", "a font"
PROGRAM, DATABASE = "a program", "a database"
PACKED = "a compressed file; unpack it, or pack it as ZIP"

# (offset, bytes, what it is). Letters alone may begin a text too: see `known_binary`.
_SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", f"{PICTURE} (PNG)"),
    (0, b"\xff\xd8\xff", f"{PICTURE} (JPEG)"),
    (0, b"GIF87a", f"{PICTURE} (GIF)"),
    (0, b"GIF89a", f"{PICTURE} (GIF)"),
    (0, b"II*\0", f"{PICTURE} (TIFF)"),
    (0, b"MM\0*", f"{PICTURE} (TIFF)"),
    (8, b"WEBP", f"{PICTURE} (WebP)"),
    (0, b"BM", f"{PICTURE} (BMP)"),
    (0, b"8BPS", f"{PICTURE} (Photoshop)"),
    (0, b"\0\0\1\0", f"{PICTURE} (icon)"),
    (0, b"\0\0\0\x0cjP  ", f"{PICTURE} (JPEG 2000)"),
    (0, b"AT&TFORM", f"{PICTURE} (DjVu); convert it to PDF with its text"),
    (0, b"\xd7\xcd\xc6\x9a", f"{PICTURE} (WMF)"),
    (40, b" EMF", f"{PICTURE} (EMF)"),
    (8, b"WAVE", f"{SOUND} (WAV)"),
    (8, b"AVI ", f"{FILM} (AVI)"),
    (0, b"ID3", f"{SOUND} (MP3)"),
    (0, b"\xff\xfb", f"{SOUND} (MP3)"),
    (0, b"\xff\xf3", f"{SOUND} (MP3)"),
    (0, b"fLaC", f"{SOUND} (FLAC)"),
    (0, b"OggS", f"{SOUND} (Ogg)"),
    (8, b"AIFF", f"{SOUND} (AIFF)"),
    (0, b"MThd", f"{SOUND} (MIDI)"),
    (4, b"ftypM4A", f"{SOUND} (M4A)"),
    (4, b"ftypheic", f"{PICTURE} (HEIC)"),
    (4, b"ftypmif1", f"{PICTURE} (HEIC)"),
    (4, b"ftypavif", f"{PICTURE} (AVIF)"),
    (4, b"ftyp", f"{FILM} (MP4)"),
    (0, b"\x1a\x45\xdf\xa3", f"{FILM} (Matroska, WebM)"),
    (0, b"\0\0\1\xba", f"{FILM} (MPEG)"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", f"{FILM} (Windows Media)"),
    (0, b"FLV\1", f"{FILM} (Flash)"),
    (0, b"\0\1\0\0Standard Jet DB", f"{DATABASE} (Access)"),
    (0, b"\0\1\0\0Standard ACE DB", f"{DATABASE} (Access)"),
    (0, b"\0\1\0\0\0", f"{FONT} (TrueType)"),
    (0, b"OTTO", f"{FONT} (OpenType)"),
    (0, b"wOFF", f"{FONT} (WOFF)"),
    (0, b"wOF2", f"{FONT} (WOFF2)"),
    (0, b"\x7fELF", PROGRAM),
    (0, b"MZ", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\0asm", PROGRAM),
    (0, b"\x1f\x8b", f"{PACKED} (gzip)"),
    (0, b"BZh", f"{PACKED} (bzip2)"),
    (0, b"\xfd7zXZ\0", f"{PACKED} (xz)"),
    (0, b"\x28\xb5\x2f\xfd", f"{PACKED} (zstd)"),
    (0, b"7z\xbc\xaf\x27\x1c", f"{PACKED} (7z)"),
    (0, b"Rar!\x1a\7", f"{PACKED} (RAR)"),
    (0, b"MSCF", f"{PACKED} (CAB)"),
    (257, b"ustar", f"{PACKED} (tar)"),
    (0, b"%!PS", "a PostScript file; convert it to PDF"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript file; convert it to PDF"),
    (0, b"SQLite format 3\0", f"{DATABASE} (SQLite)"),
    (0, b"PAR1", f"{DATABASE} (Parquet)"),
    (0, b"ARROW1", f"{DATABASE} (Arrow)"),
    (0, b"\x89HDF", f"{DATABASE} (HDF5)"),
    (0, b"\x93NUMPY", f"{DATABASE} (NumPy)"),
    (0, b"!BDN", "an Outlook mailbox (PST); save its messages as MSG or EML"),
    (0, b"\x78\x9f\x3e\x22", "what Outlook wraps attachments in (TNEF)"),
    (60, b"BOOKMOBI", "a Kindle book; convert it to EPUB"),
    (0, b"ITSF", "a help file (CHM)"),
    (0, b"\xffWPC", "a WordPerfect document; save it as DOCX or PDF"),
    (0, b"\xdb\xa5", "a Word 2 document; save it as DOCX"),
    (0, b"\x31\xbe\0\0", "a Windows Write document; save it as DOCX"),
    (0, b"\x09\x08\x10\0", "an Excel workbook of before 1997; save it as XLSX"),
    (0, b"AC10", "a drawing (DWG)"),
    (0, b"bplist00", "a property list"),
)


def known_binary(head: bytes, *, is_text: bool) -> str | None:
    """Return what a file is by its first bytes, "a picture (PNG)", or None.

    Args:
        head: They.
        is_text: Whether they read as text, which may well begin with "BM" or "MZ".
    """
    return next(
        (
            what
            for offset, magic, what in _SIGNATURES
            if head.startswith(magic, offset)
            and not (is_text and magic.isascii() and magic != b"%!PS")
        ),
        None,
    )
