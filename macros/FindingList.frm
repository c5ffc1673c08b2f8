VERSION 5.00
Begin {C62A69F0-16DC-11CE-9E98-00AA00574A4F} FindingList
   ClientHeight = 300
   ClientWidth  = 480
   Begin MSForms.ComboBox Severity
      Left   = 6
      Top    = 6
      Width  = 120
      Height = 18
   End
   Begin MSForms.ListBox Found
      Left   = 6
      Top    = 30
      Width  = 468
      Height = 204
   End
   Begin MSForms.Label Detail
      Left   = 6
      Top    = 240
      Width  = 468
      Height = 54
   End
End
Attribute VB_Name = "FindingList"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = True
Attribute VB_Exposed = False
Option Explicit

' The findings beside the sheet. Sizes above are in points; all work is in ShikakuListing.

Private Sub UserForm_Initialize()
    PrepareList Me
End Sub

Private Sub UserForm_QueryClose(Cancel As Integer, CloseMode As Integer)
    CloseList
End Sub

Private Sub Severity_Change()
    FillList Me
End Sub

Private Sub Found_Click()
    DescribeListed Me
End Sub

Private Sub Found_DblClick(ByVal Cancel As MSForms.ReturnBoolean)
    GoToListed Me
End Sub
