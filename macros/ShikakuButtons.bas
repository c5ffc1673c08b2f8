Attribute VB_Name = "ShikakuButtons"
Option Explicit
Option Private Module

' One Sub a button: which Python function it runs, and whether it needs an open workbook.

Public Sub NewBook()
    RunAnywhere "ribbon", "new_book"
End Sub

Public Sub CheckBook()
    RunOnBook "ribbon", "check"
End Sub

Public Sub TidyBook()
    RunOnBook "ribbon", "tidy"
End Sub

Public Sub ImportMembers()
    RunOnBook "ribbon", "import_list", "members"
End Sub

Public Sub ImportAcquisition()
    RunOnBook "ribbon", "import_list", "acquisition"
End Sub

Public Sub ImportDependants()
    RunOnBook "ribbon", "import_list", "dependants"
End Sub

Public Sub ImportLoss()
    RunOnBook "ribbon", "import_list", "loss"
End Sub

Public Sub UndoWrite()
    RunOnBook "ribbon", "undo"
End Sub

Public Sub SubmitBook()
    RunOnBook "ribbon", "submit"
End Sub

Public Sub ClearMarks()
    RunOnBook "ribbon", "clear_marks"
End Sub

Public Sub RowDecision()
    RunOnBook "ribbon_row", "row_decision"
End Sub

Public Sub RowLetters()
    RunOnBook "ribbon_row", "row_letters"
End Sub

Public Sub RecordReturn()
    RunOnBook "ribbon_row", "record_return"
End Sub

Public Sub DecideBook()
    RunOnBook "ribbon", "decide"
End Sub

Public Sub LettersNoticeDigits()
    RunOnBook "ribbon", "letters", "notice-digits"
End Sub

Public Sub LettersNotice()
    RunOnBook "ribbon", "letters", "notice"
End Sub

Public Sub LettersCertificate()
    RunOnBook "ribbon", "letters", "certificate"
End Sub

Public Sub LettersCertificateCover()
    RunOnBook "ribbon", "letters", "certificate-cover"
End Sub

Public Sub LettersDistribution()
    RunOnBook "ribbon", "letters", "distribution"
End Sub

Public Sub LettersStatusCheck()
    RunOnBook "ribbon", "letters", "status-check"
End Sub

Public Sub LettersApplicationGuide()
    RunOnBook "ribbon", "letters", "application-guide"
End Sub

Public Sub LettersMynumberRequest()
    RunOnBook "ribbon", "letters", "mynumber-request"
End Sub

Public Sub LettersLateFiling()
    RunOnBook "ribbon", "letters", "late-filing"
End Sub

Public Sub LettersReturnRequest()
    RunOnBook "ribbon", "letters", "return-request"
End Sub

Public Sub LettersReturnReminder()
    RunOnBook "ribbon", "letters", "return-reminder"
End Sub

Public Sub LettersReturnFinal()
    RunOnBook "ribbon", "letters", "return-final"
End Sub

Public Sub LettersReturnLoss()
    RunOnBook "ribbon", "letters", "return-loss"
End Sub

Public Sub LettersDecisionNotice()
    RunOnBook "ribbon", "letters", "decision-notice"
End Sub

Public Sub LettersVoluntaryEnd()
    RunOnBook "ribbon", "letters", "voluntary-end"
End Sub

Public Sub LettersReceiptReply()
    RunOnBook "ribbon", "letters", "receipt-reply"
End Sub

Public Sub LettersNotFiled()
    RunOnBook "ribbon", "letters", "not-filed"
End Sub

Public Sub LettersAll()
    RunOnBook "ribbon", "letters"
End Sub

Public Sub UpdateLedger()
    RunOnBook "ribbon", "returns"
End Sub

Public Sub RemindReturns()
    RunOnBook "ribbon", "remind", "return-reminder"
End Sub

Public Sub FinalReturns()
    RunOnBook "ribbon", "remind", "return-final"
End Sub

Public Sub ShowSettings()
    RunOnBook "ribbon", "settings"
End Sub

Public Sub OpenOutput()
    RunOnBook "ribbon", "output_folder"
End Sub

Public Sub ShowHelp()
    RunAnywhere "ribbon", "help_page"
End Sub

Public Sub ShowVersion()
    RunAnywhere "ribbon", "version"
End Sub
