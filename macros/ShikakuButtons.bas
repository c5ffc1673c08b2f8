Attribute VB_Name = "ShikakuButtons"
Option Explicit
Option Private Module

' One Sub a button: which Python function it runs, and whether it needs an open workbook.

Public Sub NewBook()
    RunAnywhere "import shikaku.ribbon; shikaku.ribbon.new_book()"
End Sub

Public Sub CheckBook()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.check()"
End Sub

Public Sub TidyBook()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.tidy()"
End Sub

Public Sub ImportMembers()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.import_list('members')"
End Sub

Public Sub ImportAcquisition()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.import_list('acquisition')"
End Sub

Public Sub ImportDependants()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.import_list('dependants')"
End Sub

Public Sub ImportLoss()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.import_list('loss')"
End Sub

Public Sub UndoWrite()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.undo()"
End Sub

Public Sub SubmitBook()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.submit()"
End Sub

Public Sub ClearMarks()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.clear_marks()"
End Sub

Public Sub RowDecision()
    RunOnBook "import shikaku.ribbon_row; shikaku.ribbon_row.row_decision()"
End Sub

Public Sub RowLetters()
    RunOnBook "import shikaku.ribbon_row; shikaku.ribbon_row.row_letters()"
End Sub

Public Sub RecordReturn()
    RunOnBook "import shikaku.ribbon_row; shikaku.ribbon_row.record_return()"
End Sub

Public Sub DecideBook()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.decide()"
End Sub

Public Sub LettersNoticeDigits()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('notice-digits')"
End Sub

Public Sub LettersNotice()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('notice')"
End Sub

Public Sub LettersCertificate()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('certificate')"
End Sub

Public Sub LettersCertificateCover()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('certificate-cover')"
End Sub

Public Sub LettersDistribution()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('distribution')"
End Sub

Public Sub LettersStatusCheck()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('status-check')"
End Sub

Public Sub LettersApplicationGuide()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('application-guide')"
End Sub

Public Sub LettersMynumberRequest()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('mynumber-request')"
End Sub

Public Sub LettersLateFiling()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('late-filing')"
End Sub

Public Sub LettersReturnRequest()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('return-request')"
End Sub

Public Sub LettersReturnReminder()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('return-reminder')"
End Sub

Public Sub LettersReturnFinal()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('return-final')"
End Sub

Public Sub LettersReturnLoss()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('return-loss')"
End Sub

Public Sub LettersDecisionNotice()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('decision-notice')"
End Sub

Public Sub LettersVoluntaryEnd()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('voluntary-end')"
End Sub

Public Sub LettersReceiptReply()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('receipt-reply')"
End Sub

Public Sub LettersNotFiled()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters('not-filed')"
End Sub

Public Sub LettersAll()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.letters()"
End Sub

Public Sub UpdateLedger()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.returns()"
End Sub

Public Sub RemindReturns()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.remind('return-reminder')"
End Sub

Public Sub FinalReturns()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.remind('return-final')"
End Sub

Public Sub ShowSettings()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.settings()"
End Sub

Public Sub OpenOutput()
    RunOnBook "import shikaku.ribbon; shikaku.ribbon.output_folder()"
End Sub

Public Sub ShowHelp()
    RunAnywhere "import shikaku.ribbon; shikaku.ribbon.help_page()"
End Sub

Public Sub ShowVersion()
    RunAnywhere "import shikaku.ribbon; shikaku.ribbon.version()"
End Sub
