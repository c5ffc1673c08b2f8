Attribute VB_Name = "ShikakuRibbon"
Option Explicit

' Callbacks of addin/ribbon.xml, a line each. All work is in the argument-free Subs of
' ShikakuButtons, so that they can be run without a ribbon (and in tests without Excel).

Public Sub OnNewBook(control As IRibbonControl): NewBook: End Sub
Public Sub OnCheckBook(control As IRibbonControl): CheckBook: End Sub
Public Sub OnTidyBook(control As IRibbonControl): TidyBook: End Sub
Public Sub OnSubmitBook(control As IRibbonControl): SubmitBook: End Sub
Public Sub OnDecideBook(control As IRibbonControl): DecideBook: End Sub
Public Sub OnLettersNoticeDigits(control As IRibbonControl): LettersNoticeDigits: End Sub
Public Sub OnLettersNotice(control As IRibbonControl): LettersNotice: End Sub
Public Sub OnLettersCertificate(control As IRibbonControl): LettersCertificate: End Sub
Public Sub OnLettersCertificateCover(control As IRibbonControl): LettersCertificateCover: End Sub
Public Sub OnLettersDistribution(control As IRibbonControl): LettersDistribution: End Sub
Public Sub OnLettersStatusCheck(control As IRibbonControl): LettersStatusCheck: End Sub
Public Sub OnLettersApplicationGuide(control As IRibbonControl): LettersApplicationGuide: End Sub
Public Sub OnLettersMynumberRequest(control As IRibbonControl): LettersMynumberRequest: End Sub
Public Sub OnLettersLateFiling(control As IRibbonControl): LettersLateFiling: End Sub
Public Sub OnLettersReturnRequest(control As IRibbonControl): LettersReturnRequest: End Sub
Public Sub OnLettersReturnReminder(control As IRibbonControl): LettersReturnReminder: End Sub
Public Sub OnLettersReturnFinal(control As IRibbonControl): LettersReturnFinal: End Sub
Public Sub OnLettersReturnLoss(control As IRibbonControl): LettersReturnLoss: End Sub
Public Sub OnLettersAll(control As IRibbonControl): LettersAll: End Sub
Public Sub OnUpdateLedger(control As IRibbonControl): UpdateLedger: End Sub
Public Sub OnRemindReturns(control As IRibbonControl): RemindReturns: End Sub
Public Sub OnFinalReturns(control As IRibbonControl): FinalReturns: End Sub
Public Sub OnShowSettings(control As IRibbonControl): ShowSettings: End Sub
Public Sub OnOpenOutput(control As IRibbonControl): OpenOutput: End Sub
Public Sub OnShowHelp(control As IRibbonControl): ShowHelp: End Sub
Public Sub OnShowVersion(control As IRibbonControl): ShowVersion: End Sub
