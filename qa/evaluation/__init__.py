"""How well it does: questions with gold spans and labelled rows -> figures with intervals.

    questions, documents     collections   files and folders of known forms
    questions -> outcomes    asking        the one path that every set of questions takes
    stretches -> scores      metrics       what of the gold is found, question by question
    confidences -> figures   risk          whether the confidence tells right from wrong
    labelled rows -> …       labels        who speaks, and whether sources agree
    scores -> figures        intervals     bootstrap, and the paired test by clusters
    outcomes -> differences  comparing     variants of one run, or two saved runs
    figures, outcomes        results       the values, saved and read again
    an evaluation -> tables  tables        as text, for terminal and page
    an evaluation -> lists   failures      which questions went wrong, and how
    curves -> SVG            drawing       for documents and the page
    saved runs, by name      keeping       a folder of them

`sources` picks the reader by the form of what it is given.
"""
